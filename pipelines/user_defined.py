"""cp950 with the letters that an agency drew itself: where Windows puts them, which Python's own codec refuses.

An agency's machine has rare letters of names in its own font, at codes that cp950 leaves to users. They become letters
of private use, as Windows reads them, so that one such name does not cost a whole file; `common_letters` tells of them.

Source: Microsoft's table of code page 950, its ranges for user-defined characters.
"""

from __future__ import annotations

import codecs

NAME = "cp950_user_defined"
MOST = 0.01
"""Up to this share of the letters beyond ASCII may be user-defined; text of another encoding has far more."""
_ROW = 157
# First lead byte, last lead byte, the letter that the first code stands for.
_RANGES = ((0xFA, 0xFE, 0xE000), (0x8E, 0xA0, 0xE311), (0x81, 0x8D, 0xEEB8))


def is_rare(text: str) -> bool:
    """Say whether few enough letters are of private use for the text to be what it seems."""
    beyond = sum(letter > "\x7f" for letter in text)
    return sum("\ue000" <= letter <= "\uf8ff" for letter in text) <= max(1, MOST * beyond)


def _letter(fault: UnicodeError) -> tuple[str | bytes, int]:
    """Read two bytes as a letter of private use.

    Raises:
        UnicodeError: they are no code for users.
    """
    if not isinstance(fault, UnicodeDecodeError) or fault.start + 1 >= len(fault.object):
        raise fault
    lead, trail = fault.object[fault.start : fault.start + 2]
    place = trail - 0x40 if 0x40 <= trail <= 0x7E else trail - 0xA1 + 63 if 0xA1 <= trail <= 0xFE else -1
    for first, last, letter in _RANGES:
        if first <= lead <= last and place >= 0:
            return chr(letter + (lead - first) * _ROW + place), fault.start + 2
    raise fault


def _errors(errors: str) -> str:
    return NAME if errors == "strict" else errors


def _found(name: str) -> codecs.CodecInfo | None:
    if name != NAME:
        return None
    plain = codecs.lookup("cp950")
    return codecs.CodecInfo(
        plain.encode,
        lambda data, errors="strict": plain.decode(data, _errors(errors)),
        incrementaldecoder=lambda errors="strict": plain.incrementaldecoder(_errors(errors)),
        incrementalencoder=plain.incrementalencoder,
        name=NAME,
    )


codecs.register_error(NAME, _letter)
codecs.register(_found)
