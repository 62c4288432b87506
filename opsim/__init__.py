"""opsim: will a public facility with embedded services carry itself?"""

__version__ = "0.1.0"
