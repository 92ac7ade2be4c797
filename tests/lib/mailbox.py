#!/usr/bin/env python3
"""mailbox.py ADDRESS HTTP_PORT SMTP_PORT FOLDER: keeps what is announced.

Each request or mail is a file in FOLDER: path or recipient, headers, a blank
line, the body. While FOLDER/refuse exists all is refused.
"""
import http.server
import itertools
import os
import socketserver
import sys
import threading

ADDRESS, HTTP, SMTP, FOLDER = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
NUMBER = itertools.count(1)


def keep(kind, head, body):
    name = os.path.join(FOLDER, "%04d.%s" % (next(NUMBER), kind))
    with open(name + ".new", "wb") as f:
        f.write(head.encode() + b"\n" + body)
    os.rename(name + ".new", name)


def refuses():
    return os.path.exists(os.path.join(FOLDER, "refuse"))


class Web(http.server.BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def take(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if not refuses():
            kind = self.path.strip("/").split("/")[0]
            keep(kind, "%s %s\n%s" % (self.command, self.path, self.headers), body)
        self.send_response(503 if refuses() else 200)
        self.end_headers()

    do_POST = do_PUT = take


class Mail(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self):
        to = ""
        self.say("220 here")
        while True:
            line = self.rfile.readline(2000).decode("latin1").strip()
            word = line[:4].upper()
            if not line or word == "QUIT":
                self.say("221 bye")
                return
            if word == "RCPT":
                to = line
            if word == "DATA":
                self.say("354 go on")
                body = b""
                while not body.endswith(b"\r\n.\r\n"):
                    body += self.rfile.readline(2000)
                keep("mail", to, body)
            self.say("250 good")


http.server.ThreadingHTTPServer.allow_reuse_address = True
socketserver.ThreadingTCPServer.allow_reuse_address = True
web = http.server.ThreadingHTTPServer((ADDRESS, HTTP), Web)
threading.Thread(target=web.serve_forever, daemon=True).start()
socketserver.ThreadingTCPServer((ADDRESS, SMTP), Mail).serve_forever()
