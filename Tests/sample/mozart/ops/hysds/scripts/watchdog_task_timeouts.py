#!/usr/bin/env python3
import watchdog

if __name__ == "__main__":
    watchdog.main("watchdog_task_timeouts", "task_status-current", ["task-started"], 86400)
