"""nginx as a bare relay, which knows no key and counts nothing: the least that a hop can cost."""

from __future__ import annotations

import shutil

from bench.errors import CannotRun
from bench.targets.base import Target
from bench.upstream import KEY

TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
CONFIG = """
daemon off; master_process off; worker_processes 1; pid {folder}/pid; error_log {folder}/log error;
events {{ worker_connections 4096; }}
http {{
  access_log off; keepalive_requests 100000000; {temporary}
  upstream models {{
    server 127.0.0.1:{upstream}; keepalive 256; keepalive_requests 100000000;
  }}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://models; proxy_http_version 1.1; proxy_buffering off;
      proxy_set_header Connection ""; proxy_set_header Authorization "Bearer {key}";
    }}
  }}
}}
"""


class Gateway(Target):
    name = "nginx"
    notes = ("nginx is a bare relay: no key, no limit, no count",)

    def install(self) -> None:
        if shutil.which("nginx") is None and shutil.which("/usr/sbin/nginx") is None:
            raise CannotRun("nginx is not installed")

    def command(self) -> list[str]:
        temporary = " ".join(f"{name}_temp_path {self.folder}/{name};" for name in TEMPORARY)
        file = self.folder / "nginx.conf"
        file.write_text(CONFIG.format(folder=self.folder, temporary=temporary, key=KEY,
                                      upstream=self.upstream.port, port=self.port))  # fmt: skip
        return [shutil.which("nginx") or "/usr/sbin/nginx", "-c", str(file)]
