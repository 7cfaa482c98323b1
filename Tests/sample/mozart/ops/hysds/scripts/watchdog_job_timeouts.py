#!/usr/bin/env python3
import watchdog

if __name__ == "__main__":
    watchdog.main("watchdog_job_timeouts", "job_status-current", ["job-started", "job-offline"], 86400)
