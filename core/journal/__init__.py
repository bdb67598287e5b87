"""
A journal that outlives its process: records are in the kernel's memory as soon as they are written.

Each process writes segments of its own, files that are mapped into its memory: to write a record is
to copy it, without a call of the kernel, and SIGKILL loses none that `append` returned for. A power
cut may lose what was not yet on the disk: what came since the last `sync`.

    header    8 bytes: the format's name and version
    records   length and CRC-32, 4 bytes each, little-endian, then the record, filled up to 8 bytes
    end       a length of 0
"""
