#!/usr/bin/env python3
import watchdog

if __name__ == "__main__":
    watchdog.main("watchdog_worker_timeouts", "worker_status-current", ["worker-heartbeat", "worker-online"], 60)
