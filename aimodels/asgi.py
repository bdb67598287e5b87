"""The ASGI application. Django is set up before the dispatcher, whose imports need its apps."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aimodels.settings")
django_application = get_asgi_application()

from aimodels.dispatch import Dispatcher  # noqa: E402 — see above

application = Dispatcher(django_application)
