"""How a command ends.

===  =====================================================================
0    done; a verdict of "unsustainable" is a result like any other, and a figure that
     could not be drawn is told of beside its table
1    the run failed, or something could not be written; what could be is kept
2    bad usage or bad input: every problem is listed, nothing is written
130  interrupted by Ctrl-C, SIGTERM or a closed terminal (SIGHUP); what was finished is kept
===  =====================================================================
"""

from typing import Final

DONE: Final = 0
FAILED: Final = 1
BAD_INPUT: Final = 2
INTERRUPTED: Final = 130
