from setuptools import find_packages, setup

setup(
    name="sciflo",
    version="1.3.90",
    packages=find_packages(),
    zip_safe=False,
)
