/** The command did what it was asked to, and the answer is no: exit status 1, nothing on stderr. */
export class NegativeAnswer extends Error {}
