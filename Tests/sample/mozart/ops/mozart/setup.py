from setuptools import find_packages, setup

setup(
    name="mozart",
    version="2.4.90",
    packages=find_packages(),
    include_package_data=True,
    zip_safe=False,
    install_requires=["Flask", "requests", "gevent", "gunicorn"],
)
