from setuptools import find_packages, setup

setup(
    name="prov_es",
    version="0.3.90",
    packages=find_packages(),
    zip_safe=False,
)
