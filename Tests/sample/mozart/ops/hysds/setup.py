from setuptools import find_packages, setup

import hysds

setup(
    name="hysds",
    version=hysds.__version__,
    packages=find_packages(),
    include_package_data=True,
    zip_safe=False,
    install_requires=["redis==5.2.1", "celery>=5.3.1,<5.6", "requests", "msgpack", "osaka", "prov_es", "hysds_commons"],
)
