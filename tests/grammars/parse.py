"""Parses programs with the tree-sitter grammar and names those that it has no words for.

    adlib grammar tree-sitter > grammar.js
    tree-sitter generate && cc -shared -fPIC -I src src/parser.c -o adlib.so
    pip install tree-sitter
    find src scripts tests benches -name '*.ad' | xargs python parse.py adlib.so

Only programs of tests/errors/syntax, which are none, may be named.
"""

import ctypes
import sys

from tree_sitter import Language, Parser

library = ctypes.CDLL(sys.argv[1])
library.tree_sitter_adlib.restype = ctypes.c_void_p
parser = Parser(Language(library.tree_sitter_adlib()))
wrong = []
for path in sys.argv[2:]:
    with open(path, "rb") as file:
        if parser.parse(file.read()).root_node.has_error:
            wrong.append(path)
print("\n".join(wrong))
print(f"{len(sys.argv) - 2} programs, {len(wrong)} with something unknown")
sys.exit(any("/errors/syntax/" not in path for path in wrong))
