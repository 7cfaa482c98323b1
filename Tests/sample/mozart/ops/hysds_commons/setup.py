from setuptools import find_packages, setup

import hysds_commons

setup(
    name="hysds_commons",
    version=hysds_commons.__version__,
    long_description=open("README.md").read(),
    packages=find_packages(),
    zip_safe=False,
    install_requires=["osaka", "requests"],
)
