def get_job_json(info, job_type):
    """The job as it was submitted."""
    return {"type": job_type, "params": info, "localize_urls": info.get("localize_urls", [])}
