"""Runs test code against a solution that lives in another sandbox: what the tests call there is a Remote, what it returns is data.

Requests go out on stdout and replies come in on stdin, in the words of host.py. The last line of a test that passed is the nonce.
"""
import builtins
import json
import os
import sys
import types

sys.set_int_max_str_digits(0)
requests = os.fdopen(os.dup(1), "w", encoding="utf-8")
replies = os.fdopen(os.dup(0), "r", encoding="utf-8")
null = os.open(os.devnull, os.O_RDWR)
os.dup2(null, 0)
os.dup2(null, 1)
nonce, *names = sys.argv[1:]


class SolutionEnded(BaseException):
    """No reply will come. Not an Exception, so that a test that expects one does not take it for that."""


def give_up(reason):
    """The test asks for what cannot be done here: its fault, not the solution's. Ends at once, so that no test takes it for an exception it expects."""
    print(reason, file=sys.stderr, flush=True)
    os._exit(66)


class Remote:
    """An object of the solution. Equal to nothing but itself."""

    def __init__(self, ref):
        self.__dict__["_ref"] = ref

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return ask(ref=self._ref, get=name)

    def __setattr__(self, name, value):
        give_up(f"a test cannot set {name} of the solution's objects")

    def __call__(self, *arguments, **named):
        encoded = [encode(item) for item in arguments]
        changed = ask(ref=self._ref, args=encoded, kwargs={key: encode(item) for key, item in named.items()}, back=True)
        value, after = changed
        for before, argument, item in zip(encoded, arguments, after):
            if item != before:
                write_back(argument, decode(item))
        return value

    def _dunder(self, name, *arguments):
        try:
            method = ask(ref=self._ref, get=name)
        except AttributeError as error:
            raise TypeError(str(error)) from None  # what Python says of a missing special method
        return method(*arguments)

    def __iter__(self): return self._dunder("__iter__")
    def __next__(self): return self._dunder("__next__")
    def __len__(self): return self._dunder("__len__")
    def __getitem__(self, key): return self._dunder("__getitem__", key)
    def __contains__(self, item): return self._dunder("__contains__", item)
    def __str__(self): return self._dunder("__str__")


def write_back(argument, after):
    """What the solution did to a mutable argument."""
    if isinstance(argument, list) and isinstance(after, list):
        argument[:] = after
    elif isinstance(argument, (dict, set)) and isinstance(after, type(argument)):
        argument.clear()
        argument.update(after)


def encode_other(value):
    if isinstance(value, range):
        return encode(tuple(value))
    if isinstance(value, Remote):
        return {"$ref": value._ref}
    give_up(f"a test cannot hand a {type(value).__name__} to the solution")


def decode_other(value):
    raise ValueError("a reply of an unknown kind")


def referenced(number):
    return Remote(int(number))


def ask(**request):
    request["id"] = os.urandom(8).hex()
    requests.write(json.dumps(request) + "\n")
    requests.flush()
    reply = receive(request["id"])
    if "error" in reply:
        kind, message = reply["error"]
        known = getattr(builtins, str(kind), None)
        is_known = isinstance(known, type) and issubclass(known, Exception) and not issubclass(known, (AssertionError, UnicodeError))
        raise (known if is_known else RuntimeError)(f"{message}" if is_known else f"{kind}: {message}")
    value = decode(reply["value"])
    return (value, reply["args"]) if request.get("back") else value


def receive(identity):
    """The reply to this request. Other lines are the solution's own noise; an empty line asks for the next one."""
    for line in replies:
        try:
            reply = json.loads(line)
        except (ValueError, RecursionError):
            reply = None
        if isinstance(reply, dict) and reply.get("id") == identity:
            return reply
        requests.write("\n")
        requests.flush()
    raise SolutionEnded("the solution ended before it replied")


def from_solution(name):
    if names and name not in names:
        raise AttributeError(name)
    return ask(ref=0, get=name)


class Names(dict):
    """The tests' globals: what they do not define themselves is the solution's."""

    def __missing__(self, name):
        if hasattr(builtins, name):
            raise KeyError(name)  # Python looks there next
        try:
            return from_solution(name)
        except AttributeError:
            raise KeyError(name) from None


solution = types.ModuleType("solution")
solution.__getattr__ = from_solution
sys.modules["solution"] = solution
scope = Names(__name__="tests", solution=solution)
with open("tests.py", encoding="utf-8") as file:
    source = file.read()
try:
    code = compile(source, "tests.py", "exec", dont_inherit=True)
except SyntaxError as error:
    give_up(error)
exec(code, scope)
for name, test in list(scope.items()):
    if name.startswith("test_") and callable(test):
        test()
requests.write(nonce + "\n")
requests.flush()
