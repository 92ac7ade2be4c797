#!/usr/bin/env python3
"""served.py ADDRESS PORT FOLDER LOG: files with tags, as a list's server.

Answers If-None-Match; /slow drips for ever, /huge never ends, /away sends
elsewhere. Each request is a line in LOG: path and status.
"""
import hashlib
import http.server
import os
import sys
import time

ADDRESS, PORT, FOLDER, LOG = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def note(self, status):
        with open(LOG, "a") as f:
            f.write("%s %d\n" % (self.path, status))

    def begin(self, status, headers=()):
        self.note(status)
        self.send_response(status)
        for k, v in headers:
            self.send_header(k, v)
        self.end_headers()

    def do_GET(self):
        if self.path == "/away":
            self.begin(302, [("Location", "file:///etc/passwd"), ("Content-Length", "0")])
            return
        if self.path == "/huge":
            self.begin(200, [("Connection", "close")])
            self.close_connection = True
            try:
                for i in range(100000):
                    self.wfile.write(b"# nothing here, and a lot of it\n" * 1000)
            except OSError:
                pass
            return
        path = os.path.join(FOLDER, os.path.basename(self.path))
        if not os.path.isfile(path):
            self.begin(404, [("Content-Length", "0")])
            return
        with open(path, "rb") as f:
            body = f.read()
        tag = '"%s"' % hashlib.sha256(body).hexdigest()[:16]
        if self.headers.get("If-None-Match") == tag:
            self.begin(304, [("ETag", tag)])
            return
        self.begin(200, [("ETag", tag), ("Content-Length", str(len(body)))])
        self.wfile.write(body)


http.server.ThreadingHTTPServer((ADDRESS, PORT), Handler).serve_forever()
