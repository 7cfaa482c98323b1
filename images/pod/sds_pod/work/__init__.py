"""The files of jobs' work folders, kept where they outlive the pod that made them."""
