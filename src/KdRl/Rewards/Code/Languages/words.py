"""The words in which host.py and examiner.py speak of values. It stands before each of them; they define what else a value can be:
encode_other(value), decode_other(value), and referenced(number), an object of the solution.
"""


def encode(value):
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if value - value == 0 else {"$float": repr(float(value))}
    if isinstance(value, list):
        return [encode(item) for item in value]
    if isinstance(value, tuple):
        return {"$tuple": [encode(item) for item in value]}
    if isinstance(value, dict):
        return {"$dict": [[encode(key), encode(item)] for key, item in value.items()]}
    if isinstance(value, (set, frozenset)):
        return {"$set": [encode(item) for item in value]}
    if isinstance(value, (bytes, bytearray)):
        return {"$bytes": list(value)}
    if isinstance(value, complex):
        return {"$complex": [encode(value.real), encode(value.imag)]}
    return encode_other(value)


def decode(value):
    if isinstance(value, list):
        return [decode(item) for item in value]
    if not isinstance(value, dict):
        return value
    match value:
        case {"$float": text}: return float(text)
        case {"$tuple": items}: return tuple(decode(item) for item in items)
        case {"$dict": items}: return {decode(key): decode(item) for key, item in items}
        case {"$set": items}: return {decode(item) for item in items}
        case {"$bytes": items}: return bytes(items)
        case {"$complex": [real, imaginary]}: return complex(decode(real), decode(imaginary))
        case {"$ref": number}: return referenced(number)
    return decode_other(value)
