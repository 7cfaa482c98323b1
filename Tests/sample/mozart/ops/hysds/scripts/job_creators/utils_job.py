def retry_job(info):
    """Run the command of a job once more."""
    return {"type": "retry_job", "name": f"retry-{info['job_id']}", "params": info.get("params", {})}
