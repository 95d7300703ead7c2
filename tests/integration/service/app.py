"""A small service for the tests: notes in SQLite, one outward call a note. ``switches.json`` says how it misbehaves."""

import json
import os
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.request
import uuid
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SWITCHES = json.loads(Path("switches.json").read_text())
DATABASE = os.environ.get("DATABASE", "notes.db")
MARK = DATABASE.partition("/gate-")[0]  # by which a test finds it, and the gate cannot
SLEEPER = [sys.executable, "-c", "import time; time.sleep(300)", MARK]


def connect() -> sqlite3.Connection:
    return sqlite3.connect(DATABASE, timeout=10)


def migrate() -> None:
    if SWITCHES.get("migrate") == "fail":
        print("migration 7 is broken")
        sys.exit(3)
    with connect() as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("CREATE TABLE IF NOT EXISTS notes (id TEXT PRIMARY KEY, text TEXT, verdict TEXT)")
        db.execute("CREATE TABLE IF NOT EXISTS beats (n INTEGER)")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == "/healthz":
            return self.answer(200, {"ok": True})
        return self.guarded(self.read)

    def do_POST(self) -> None:
        self.guarded(self.write)

    def guarded(self, handle) -> None:
        if SWITCHES.get("die_on") == self.command:
            print("going down", flush=True)
            os._exit(9)
        time.sleep(SWITCHES.get("slow", 0))
        handle()

    def read(self) -> None:
        if kind := SWITCHES.get("hostile"):
            return self.hostile(kind)
        with connect() as db:
            row = db.execute("SELECT * FROM notes WHERE id = ?", [self.path.split("/")[-1]]).fetchone()
        if row is None:
            return self.answer(404, {"error": "no such note"})
        return self.answer(200, {"id": row[0], "text": row[1], "verdict": row[2]})

    def write(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        text = asked["text"] + SWITCHES.get("suffix", "")
        if SWITCHES.get("leak"):
            text = f"{dict(os.environ)} {Path(f'/proc/{os.getppid()}/environ').read_bytes()!r}"
            print(text, flush=True)
        verdict = ""
        for _ in range(SWITCHES.get("calls", 1)):
            verdict = self.check(text)
        if SWITCHES.get("tells"):
            text += f" from http://127.0.0.1:{sys.argv[1]}/notes in {DATABASE} by {os.environ['CHECKER']}"
        note = str(uuid.uuid4())
        with connect() as db:
            db.execute("INSERT INTO notes VALUES (?, ?, ?)", [note, text, verdict])
        self.answer(201, {"id": note, "text": text, "verdict": verdict})

    def check(self, text: str) -> str:
        body = json.dumps({"text": text}, separators=(",", ":")).encode()
        url = os.environ["CHECKER"] + SWITCHES.get("call_path", "/check")
        headers = {"content-type": "application/json", "traceparent": self.headers["traceparent"]}
        asked = urllib.request.Request(url, body, headers)
        try:
            with urllib.request.urlopen(asked, timeout=10) as response:
                return json.load(response)["verdict"]
        except urllib.error.HTTPError as error:
            return f"status {error.code}"

    def hostile(self, kind: str) -> None:
        raw = {
            "latin1": b"HTTP/1.1 200 OK\r\nX-Name: caf\xe9\r\nContent-Length: 3\r\n\r\n\xff\xfe\x00",
            "twice": b"HTTP/1.1 200 OK\r\nX-A: 1\r\nX-A: 2\r\nContent-Length: 2\r\n\r\n{}",
            "informed": b"HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
            "chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
            "lying": b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nshort",
            "garbage": b"\x00\x01\x02 not http at all\r\n\r\n",
            "injecting": b"HTTP/1.1 200 OK\r\nX: a\rb\r\nContent-Length: 0\r\n\r\n",
        }
        self.close_connection = True
        if kind in raw:
            self.wfile.write(raw[kind])
            return
        self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")  # until the connection is closed
        piece = b"x" * (2**20 if kind == "huge" else 1)
        try:
            for _ in range(70 if kind == "huge" else 10_000):
                self.wfile.write(piece)
                self.wfile.flush()
                time.sleep(0 if kind == "huge" else 0.05)
        except OSError:
            pass

    def answer(self, status: int, content: object) -> None:
        body = json.dumps(content, separators=(",", ":")).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, text: str, *arguments: object) -> None:
        print(text % arguments, flush=True)


def restless() -> None:
    while True:
        with suppress(sqlite3.OperationalError), connect() as db:  # locked: the next beat will do
            db.execute("INSERT INTO beats VALUES (1)")
        time.sleep(0.05)


def main() -> None:
    if sys.argv[1] == "migrate":
        return migrate()
    if SWITCHES.get("start") == "exit":
        print("\x1b[31mno\x07 licence\u202e", flush=True)
        sys.exit(7)
    if SWITCHES.get("start") == "hang":
        time.sleep(300)
    if SWITCHES.get("children"):
        subprocess.Popen(SLEEPER)
        subprocess.Popen(SLEEPER, start_new_session=True, env={}, cwd="/", stdout=subprocess.DEVNULL)
    if SWITCHES.get("also"):
        SWITCHES["held"] = socket.create_server(("127.0.0.1", SWITCHES["also"]))
    server = ThreadingHTTPServer(("127.0.0.1", SWITCHES.get("port") or int(sys.argv[1])), Handler)
    if SWITCHES.get("restless"):
        threading.Thread(target=restless, daemon=True).start()
    if SWITCHES.get("die_after"):
        threading.Timer(SWITCHES["die_after"], lambda: os._exit(9)).start()
    return server.serve_forever()


main()
