"""`smartmoney up`: one folder per installation, its processes started in order, watched, and stopped without orphans."""
