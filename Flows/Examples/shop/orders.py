#!/usr/bin/env python3
"""A web service that knows where orders are, to try the flow with: `python3 orders.py`, then http://127.0.0.1:8099/orders/10001."""
import datetime
import http.server
import json
import sys

TOMORROW = (datetime.date.today() + datetime.timedelta(days=1)).isoformat()
ORDERS = {
    "10001": {"status": "sent", "day": TOMORROW},
    "10002": {"status": "packed"},
    "10003": {"status": "collected"},
}


class Orders(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        kind, _, number = self.path.strip("/").partition("/")
        order = ORDERS.get(number) if kind == "orders" else None
        body = json.dumps(order or {"error": "no such order"}).encode()
        self.send_response(200 if order else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8099
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), Orders) as server:
        print(f"orders at http://127.0.0.1:{server.server_port}/orders/", flush=True)
        server.serve_forever()
