/* LD_PRELOAD shim for systemd-journal-remote 247 and 252, which have no MaxFileSize= setting (it came with 253).
 * JR_MAX_SIZE=BYTES sets the size limit of every journal file that is opened; the file contents are written by the
 * real systemd code. Build for 252: cc -shared -fPIC -O1; for 247 add -DFOR_247 (other function, other arguments). */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/types.h>

struct limits { uint64_t max_size; /* the rest is not touched */ };

static void apply(void *limits) {
    const char *text = getenv("JR_MAX_SIZE");
    if (text && limits) ((struct limits *) limits)->max_size = strtoull(text, NULL, 10);
}

#ifdef FOR_247
int journal_file_open_reliably(const char *path, int flags, mode_t mode, int compress, uint64_t threshold, int seal,
                               void *limits, void *cache, void *closes, void *template, void *ret) {
    int (*next)(const char *, int, mode_t, int, uint64_t, int, void *, void *, void *, void *, void *) =
        (void *) dlsym(RTLD_NEXT, "journal_file_open_reliably");
    apply(limits);
    return next(path, flags, mode, compress, threshold, seal, limits, cache, closes, template, ret);
}
#else
int journal_file_open(int fd, const char *path, int oflags, int fflags, mode_t mode, uint64_t threshold,
                      void *limits, void *cache, void *template, void *ret) {
    int (*next)(int, const char *, int, int, mode_t, uint64_t, void *, void *, void *, void *) =
        (void *) dlsym(RTLD_NEXT, "journal_file_open");
    apply(limits);
    return next(fd, path, oflags, fflags, mode, threshold, limits, cache, template, ret);
}
#endif
