# How lit finds and runs the tests of this folder. Read by the build's lit.site.cfg.py.
import os

import lit.formats

config.name = "writ"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test", ".wat"]
config.excludes = ["Inputs", "CMakeLists.txt"]
config.test_source_root = os.path.dirname(__file__)
config.writ_source = os.path.dirname(os.path.dirname(config.test_source_root))

config.environment["PATH"] = os.pathsep.join(
    [config.writ_programs, config.llvm_tools, os.environ["PATH"]]
)
config.environment["FILECHECK_OPTS"] = "--enable-var-scope --allow-unused-prefixes=false"
for variable in ["ASAN_OPTIONS", "UBSAN_OPTIONS"]:
    if variable in os.environ:
        config.environment[variable] = os.environ[variable]

tblgen = f"mlir-tblgen -I {config.writ_source} -I {config.mlir_includes.replace(';', ' -I ')}"
includes = [config.writ_source, config.writ_build, *config.mlir_includes.split(";")]
config.substitutions += [
    ("%writ_source", config.writ_source),
    ("%writ_build", config.writ_build),
    ("%shared", config.writ_shared),
    ("%python", config.python),
    ("%mlir_includes", config.mlir_includes),
    ("%tblgen", tblgen),
    ("%syntax_only", f"{config.cxx_compiler} -std=c++20 -fno-rtti -fno-exceptions -fsyntax-only"),
    ("%include_writ", " ".join(f"-I {path}" for path in includes)),
]

if os.path.isdir(config.writ_shared):
    config.available_features.add("shared")
if os.path.exists(os.path.join(config.writ_programs, "writ")):
    config.available_features.add("writ")
