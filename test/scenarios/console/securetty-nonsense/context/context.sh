SECURETTY='perhaps'
