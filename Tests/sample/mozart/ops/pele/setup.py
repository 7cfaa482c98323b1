from setuptools import find_packages, setup

setup(
    name="pele",
    version="1.3.90",
    packages=find_packages(),
    include_package_data=True,
    zip_safe=False,
    install_requires=["Flask", "requests", "gevent", "gunicorn"],
)
