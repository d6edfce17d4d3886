"""How right, how fast and how small the engines read, ours and the peers that are present.

    python -m bench.reading FOLDER... [--engine NAME]... [--brief] [--sample N] [--marked]
                            [--errors DIR] [--quality DIR]

**Input.** Pictures, and PDFs of one page, that have their truth beside them as ``NAME.gt.txt`` or ``NAME.txt``, in each
FOLDER and below; a folder is a set and has a table of its own (:mod:`bench.reading.pages`). ``--marked``: the truths
carry ``_`` before underlined words and ``^`` before raised letters, which are taken out.

**Engines** (:mod:`bench.reading.catalogue`). ``butluc``; ``tesseract`` on the page as the product prepares it, with
Debian's models, and ``tesseract-best`` the same with the "best" models; ``tesseract-alone`` on the scan as it is;
``ocrmypdf`` with ``--deskew``; ``trueocr`` (0.1.1, Apache-2.0); ``asterocr`` (1.0.2, MIT) on TrueOCR's lines. All of
them unless named. ``make setup`` installs the first ones, ``tools/peers`` the others; what is absent is said. Programs
that ask for the page's language are told it; our engines have to find it, TrueOCR and AsterOCR know one.

**Measures** (:mod:`bench.textscore`). Every engine reads in a process of its own, kept on one core, page by page in
turn with the others; nothing can be fetched meanwhile. Seconds are processor time, programs called included, loading
left out. MB is the largest resident memory of that process plus the most that programs it called held together.

**Errors** (``--errors DIR``): for each engine a Markdown file of confusions, and a contact sheet of its worst lines.
**Quality** (``--quality DIR``): reliability diagrams as SVG; the tables are printed in any case.
"""
