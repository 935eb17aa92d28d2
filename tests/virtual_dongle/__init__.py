"""One virtual RTL-SDR for the production driver and for its peers: rtl_power, rtl_433, rtl_tcp, pyrtlsdr.

``dongle.c`` and ``scene.c`` make a library with librtlsdr's binary interface (`build`). It asks a scene server
(`Scene`: a process of its own, rendering from `detector.rf.synth`) for the samples of the frequency it is tuned to, and
hands them out at the pace of the clock. `Scene.control` changes the scene and brings on faults.
"""

from tests.virtual_dongle.build import build
from tests.virtual_dongle.clients import client_environment, rtl_tcp_server, under_pyrtlsdr
from tests.virtual_dongle.control import Control
from tests.virtual_dongle.protocol import Fault
from tests.virtual_dongle.scene import Scene

__all__ = ["Control", "Fault", "Scene", "build", "client_environment", "rtl_tcp_server", "under_pyrtlsdr"]
