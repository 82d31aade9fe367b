"""What the scripts that time tgc beside peers share."""
import os
import subprocess
import sys


def confine(threads):
    """Before the libraries are imported: they read these once."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(threads)
    os.environ["JAX_PLATFORMS"] = "cpu"
    if threads == 1:
        os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"


class Tgc:
    """One of our programs, answering a line for a line (`--serve`)."""

    def __init__(self, path):
        self.process = subprocess.Popen([path, "--serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def words(self, text):
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            sys.exit(f"{os.path.basename(sys.argv[0])}: tgc stopped at: {text}")
        return answer.split()

    def ask(self, text):
        return [float(word) for word in self.words(text)]


def argument(np, number, shape):
    """The same formula as elementAt of Hessian.cpp and Ratios.cpp."""
    index = np.arange(int(np.prod(shape, dtype=np.int64)), dtype=np.uint32)
    mixed = index * np.uint32(2654435761) + np.uint32(number * 40503)
    return (((mixed >> np.uint32(12)) % np.uint32(4096)).astype(np.float64) / 2048 - 1).reshape(shape)


def middle(values):
    return sorted(values)[len(values) // 2]
