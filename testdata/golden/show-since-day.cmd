show
testdata/demo
-S
2026-10-16 12:48
-U
@1792154929
