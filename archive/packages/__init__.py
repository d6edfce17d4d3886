"""Information packages of TT 05/2025/TT-BNV on E-ARK's frame: built, explained, checked and read again.

Written with lxml, not with metsrw: that library writes the METS of one archive system, without the attributes and the
two levels that E-ARK and the circular ask for.
"""
