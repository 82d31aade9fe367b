# The .mlir tests: tests/ir/<stage>/<Pass>.mlir, and programs, run by lit through this build's tools and FileCheck.
import os
import lit.formats

config.name = "tgc"
config.test_format = lit.formats.ShTest(True)
config.suffixes = [".mlir", ".tg"]
config.test_source_root = os.path.join(os.path.dirname(__file__), "ir")
path = [config.tgc_tools_dir, config.llvm_tools_dir, config.environment["PATH"]]
config.environment["PATH"] = os.pathsep.join(path)
for tool in ("tgc-opt", "tgc"):
    config.substitutions.append(("%" + tool + r"\b", os.path.join(config.tgc_tools_dir, tool)))
