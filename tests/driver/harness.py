"""What the claims share: the driver in a folder of its own, and files to give it."""
import json
import os
import pathlib
import struct
import subprocess

PROGRAM = """fn f(x: f64[n]) {
  return sum(x * x)
}
fn g(x: f64[n], s: f64) {
  y = x * s
  above = x > 1
  return y, above, x / 0
}
"""
CLAIMS = []


class Broken(Exception):
    pass


def claim(function):
    CLAIMS.append(function)
    return function


def expect(condition, *said):
    if not condition:
        raise Broken(" ".join(str(word) for word in said))


class Driver:
    """The program under test, in a folder of its own that holds p.tg."""

    def __init__(self, path, folder):
        self.path, self.folder = str(pathlib.Path(path).resolve()), pathlib.Path(folder)
        (self.folder / "p.tg").write_text(PROGRAM)

    def __call__(self, *words, code=0, stdin=b"", environment=None, stdout=subprocess.PIPE):
        done = subprocess.run([self.path, *map(str, words)], cwd=self.folder, input=stdin, stdout=stdout, stderr=subprocess.PIPE,
                              timeout=120, env={**os.environ, **(environment or {})})
        out, err = (done.stdout or b"").decode("latin-1"), done.stderr.decode("latin-1")
        expect(done.returncode == code, f"tgc {' '.join(map(str, words))}: exit {done.returncode}, expected {code}\n{out[-500:]}{err[-500:]}")
        if code not in (0, 3):
            expect(out == "" or words == (), "an error left text on standard output:", out[:200])
            expect("error" in err or words == (), "no error on standard error:", err[:200])
        return out, err

    def results(self, *words):
        out, err = self("run", *words, "--json")
        expect(err == "", "standard error is not empty:", err)
        return [(r["name"], r["dtype"], r["shape"], r["data"]) for r in json.loads(out)["results"]]

    def error(self, *words, code):
        _, err = self(*words, "--json", code=code)
        told = json.loads(err)["error"]
        expect(set(told) == {"kind", "message", "file", "line", "column", "notes"}, "keys of the error:", sorted(told))
        return told


def terminal():
    """A pseudo terminal's two ends; nothing where the system gives none (a chroot without /dev/pts)."""
    try:
        return os.openpty()
    except OSError as problem:
        print(f"not tested on a terminal: {problem}")
        return None, None


def npy(data, descr="<f8", form="d"):
    """A version 1.0 file of one axis."""
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': ({len(data)},), }}".encode()
    header += b" " * (63 - (10 + len(header)) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + struct.pack(f"<{len(data)}{form}", *data)


def values_of(raw):
    """The f64 elements of a .npy file."""
    expect(raw[:6] == b"\x93NUMPY", "not a .npy file:", raw[:10])
    start = 10 + struct.unpack("<H", raw[8:10])[0]
    return list(struct.unpack(f"<{(len(raw) - start) // 8}d", raw[start:]))


G = ("p.tg", "--in", "x=[1,2,3]", "--in", "s=2")
