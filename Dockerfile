# The app in a container: docker build -t geoseg . && docker run -p 8501:8501 -v geoseg:/data geoseg
FROM python:3.11-slim
WORKDIR /app
COPY requirements.txt pyproject.toml README.md LICENSE ./
RUN pip install --no-cache-dir uv && uv pip install --system --no-cache -r requirements.txt
COPY . .
RUN uv pip install --system --no-cache --no-deps -e .
# Study areas, runs and uploads live on the volume, so that a new image loses nothing.
ENV GEOSEG_HOME=/data
VOLUME /data
EXPOSE 8501
HEALTHCHECK CMD python -c "import urllib.request as u; u.urlopen('http://localhost:8501/api/health')"
CMD ["streamlit", "run", "app.py", "--server.port", "8501", "--server.address", "0.0.0.0"]
