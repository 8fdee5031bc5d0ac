package flow

// fatLargest is the largest file of FAT32, in which most sticks come.
const fatLargest = 1<<32 - 1
