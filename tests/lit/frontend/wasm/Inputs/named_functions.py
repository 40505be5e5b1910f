"""named_functions.py FILE NAME...: a module with one empty function for each name."""

import sys


def vector(items):
    return bytes([len(items)]) + b"".join(items)


def section(number, contents):
    return bytes([number, len(contents)]) + contents


def main():
    names = sys.argv[2:]
    named = [bytes([index]) + vector([bytes([byte]) for byte in name.encode()])
             for index, name in enumerate(names)]
    function_names = vector(named)
    module = b"\0asm\1\0\0\0"
    module += section(1, b"\1\x60\0\0")
    module += section(3, vector([b"\0"] * len(names)))
    module += section(10, vector([b"\2\0\x0b"] * len(names)))
    module += section(0, b"\4name\1" + bytes([len(function_names)]) + function_names)
    with open(sys.argv[1], "wb") as file:
        file.write(module)


main()
