# docker build -t pellucid . && docker run --rm -v "$PWD:/data" pellucid formula table.csv
FROM python:3.11-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends dafny gcc g++ libc6-dev \
    && rm -rf /var/lib/apt/lists/*
COPY . /opt/pellucid
# Torch without CUDA packages is a tenth of the size; build with --build-arg INDEX=https://pypi.org/simple for the other.
ARG INDEX=https://download.pytorch.org/whl/cpu
RUN pip install --no-cache-dir --extra-index-url "$INDEX" --constraint /opt/pellucid/constraints.txt \
    "/opt/pellucid[prove,search,llm,demo,sbml]"
RUN useradd --create-home user
USER user
WORKDIR /data
ENTRYPOINT ["pellucid"]
