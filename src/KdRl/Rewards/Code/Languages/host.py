"""Serves calls to a solution: one JSON request on a line, one JSON reply on a line.

    {"id": I, "path": "f" or "Class.method", "args": [...]}            calls it (a class on the way is instantiated)
    {"id": I, "ref": N, "get": "name"}                                 reads an attribute; object 0 is the solution's module
    {"id": I, "ref": N, "args": [...], "kwargs": {...}, "back": true}  calls an object; "back" also returns the arguments as they are then
    reply: {"id": I, "value": V} or {"id": I, "error": [type, message]}

It shares its process with the solution, so a reply proves nothing but itself: who asks compares the value elsewhere.
"""
import json
import os
import sys
import traceback
import types

requests = os.fdopen(os.dup(0), "r", encoding="utf-8")
replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
null = os.open(os.devnull, os.O_RDWR)
os.dup2(null, 0)
os.dup2(null, 1)
sys.set_int_max_str_digits(0)
objects = []


def encode_other(value):
    objects.append(value)
    return {"$ref": len(objects) - 1}


def decode_other(value):
    return {key: decode(item) for key, item in value.items()}


def referenced(number):
    return objects[number]


def find(path):
    target, names = objects[0], path.split(".")
    for i, name in enumerate(names):
        target = getattr(target, name)
        if isinstance(target, type) and i < len(names) - 1:
            target = target()
    return target


def answer(request):
    if "get" in request:
        return {"value": encode(getattr(objects[request["ref"]], request["get"]))}
    target = find(request["path"]) if "path" in request else objects[request["ref"]]
    arguments = [decode(item) for item in request["args"]]
    value = target(*arguments, **{name: decode(item) for name, item in request.get("kwargs", {}).items()})
    reply = {"value": encode(value)}
    if request.get("back"):
        reply["args"] = [encode(item) for item in arguments]
    return reply


def load(path):
    with open(path, encoding="utf-8") as file:
        source = file.read()
    module = types.ModuleType("solution")
    module.__file__ = path
    sys.modules["solution"] = module
    try:
        code = compile(source, path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError):
        traceback.print_exc(limit=0)
        sys.stderr.flush()
        os._exit(65)
    exec(code, module.__dict__)
    objects.append(module)


load(sys.argv[1])
for line in requests:
    request = json.loads(line)
    try:
        reply = answer(request)
    except BaseException as error:
        reply = {"error": [type(error).__name__, str(error)[:200]]}
    replies.write(json.dumps({"id": request["id"], **reply}) + "\n")
    replies.flush()
