"""Pure text: the grimy corners."""
