"""A running mock, and its admin API."""

import json
import queue
import subprocess
import threading
import urllib.error
import urllib.request

# Ignores proxies in the environment, because the mock is on this machine.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class MockError(Exception):
    """The mock refused a call, or did not start."""


class Mock:
    """A mock on a free port. ``url`` is its base URL, ``key`` a key that every vendor accepts."""

    key = "pytest"

    def __init__(self, process, listening):
        self._process = process
        self._packs = {pack["name"]: pack["url"] for pack in listening["packs"]}
        self._token = listening.get("adminToken")
        self.url = listening["url"]

    @classmethod
    def start(cls, command, arguments, timeout=60):
        """Starts a mock and waits until it listens."""
        words = [*command, "start", "--port", "0", "--json", "--quiet", *arguments]
        process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        lines = queue.Queue()
        threading.Thread(target=_read_lines, args=(process.stdout, lines), daemon=True).start()
        errors = []
        reader = threading.Thread(target=lambda: errors.extend(process.stderr), daemon=True)
        reader.start()
        try:
            first = lines.get(timeout=timeout)
        except queue.Empty:
            process.kill()
            raise MockError(f"the mock did not start within {timeout} s: {' '.join(words)}") from None
        if first is None:
            reader.join(timeout=5)
            raise MockError(f"the mock did not start: {' '.join(words)}\n{''.join(errors)}")
        return cls(process, json.loads(first))

    def stop(self):
        """Stops the mock."""
        self._process.terminate()
        try:
            self._process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def url_of(self, pack):
        """Returns the base URL of a vendor, such as ``http://127.0.0.1:4010/runway``."""
        if pack not in self._packs:
            raise MockError(f'no pack is named "{pack}"; use one of: {", ".join(self._packs)}')
        return self._packs[pack]

    def admin(self, method, path, body=None):
        """Calls the admin API, such as ``admin("GET", "/tasks")``, and returns its answer."""
        headers = {"Accept": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        request = urllib.request.Request(f"{self.url}/__admin{path}", data, headers, method=method)
        try:
            with _opener.open(request) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            raise MockError(_explain(error)) from None
        return json.loads(text) if text else None

    def scenario(self, name, times=1):
        """Queues a scenario, such as ``fail.nsfw``, for the next submissions."""
        return self.admin("POST", "/scenarios", {"scenario": name, "times": times})

    def tasks(self):
        """Returns the tasks, the newest first."""
        return self.admin("GET", "/tasks")

    def task(self, task_id):
        """Returns a task with its callbacks and their attempts."""
        return self.admin("GET", f"/tasks/{task_id}")

    def reset(self):
        """Removes all tasks and queued scenarios, and returns the clock to its start."""
        self.admin("POST", "/reset")


class Clock:
    """The service time of a mock."""

    def __init__(self, mock):
        self._mock = mock

    @property
    def now(self):
        """The service time, such as ``2026-01-01T00:00:00.000Z``."""
        return self._mock.admin("GET", "/clock")["now"]

    def advance(self, duration):
        """Moves time forward by a duration such as ``30s``, ``2m`` or ``14d``.

        Returns after everything that became due has happened, including callbacks and their retries.
        """
        return self._mock.admin("POST", "/clock", {"advance": duration})

    def set(self, moment):
        """Moves time forward to a moment such as ``2026-02-01T12:00:00Z``."""
        return self._mock.admin("POST", "/clock", {"set": moment})


def _read_lines(stream, lines):
    for line in stream:
        lines.put(line)
    lines.put(None)


def _explain(error):
    try:
        problem = json.loads(error.read())
    except ValueError:
        return f"HTTP {error.code}"
    return " ".join(text for text in (problem.get("detail") or problem.get("title"), problem.get("remedy")) if text)
