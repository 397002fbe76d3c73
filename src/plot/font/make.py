"""Cuts the font of PNG plots out of DejaVu Sans: Latin, Greek, Cyrillic and the signs of mathematics.

    pip install fonttools
    python src/plot/font/make.py /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf

Made with fonttools 4 from DejaVu 2.37. Its licence, in LICENSE.txt, allows that and asks to come along.
"""

import pathlib
import subprocess
import sys

LETTERS = (
    "U+20-7E,U+A1-17F,U+2B9,U+370-3FF,U+400-45F,U+2010-2026,U+2032,U+2033,U+2070-208E,U+2190-2193,U+2202,"
    "U+2206,U+2207,U+2208,U+220F,U+2211,U+2212,U+221A,U+221E,U+222B,U+2248,U+2260,U+2264,U+2265"
)
out = pathlib.Path(__file__).with_name("DejaVuSans-subset.ttf")
subprocess.run(
    [
        sys.executable, "-m", "fontTools.subset", sys.argv[1], f"--unicodes={LETTERS}", f"--output-file={out}",
        "--no-hinting", "--layout-features=", "--notdef-outline", "--name-IDs=0,1,2,4,13,14",
        "--drop-tables+=GSUB,GPOS,GDEF,kern,FFTM",
    ],
    check=True,
)
print(out.stat().st_size, "bytes")
