show
testdata/demo
-b
12b29df8b540484babd12f96d586394c
-n
2
-o
short-full
