from setuptools import find_packages, setup

setup(
    name="chimera",
    version="2.2.90",
    packages=find_packages(),
    zip_safe=False,
)
