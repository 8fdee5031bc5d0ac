package tsa

// JudgeRevocation lets tests and fuzzing judge records without a token.
var JudgeRevocation = judgeRevocation
