#!/bin/sh
# Would build a job's container; the sample runs jobs without one.
echo "sample container-builder: nothing to build for ${1:?repository}"
