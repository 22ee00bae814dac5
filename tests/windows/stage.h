/* What the test's C parts share: each is told what to do by a small file in C:\stage and writes down what it did there,
   one line each, for the test to read from outside. */
#ifndef STAGE_H
#define STAGE_H

#include <windows.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STAGE_FOLDER "C:\\stage\\"
/* Longest line of a log, path of a value included, in bytes. */
#define STAGE_LINE 2048

/* Only one of the processes counts and writes at a time. */
static inline HANDLE stage_lock(void)
{
    HANDLE lock = CreateMutexW(NULL, FALSE, L"mailshift-stage");
    WaitForSingleObject(lock, INFINITE);
    return lock;
}

static inline void stage_unlock(HANDLE lock)
{
    ReleaseMutex(lock);
    CloseHandle(lock);
}

static inline HANDLE stage_open(const char *name, DWORD access, DWORD how)
{
    char path[MAX_PATH];
    snprintf(path, sizeof path, STAGE_FOLDER "%s", name);
    return CreateFileA(path, access, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, how, 0, NULL);
}

/* The first word of a file, and the number behind it (0 without one). False when there is no such file. */
static inline BOOL stage_order(const char *name, char word[64], unsigned long *number)
{
    char text[128] = "";
    DWORD read = 0;
    HANDLE file = stage_open(name, GENERIC_READ, OPEN_EXISTING);
    if (file == INVALID_HANDLE_VALUE)
        return FALSE;
    ReadFile(file, text, sizeof text - 1, &read, NULL);
    CloseHandle(file);
    word[0] = 0;
    *number = 0;
    sscanf(text, "%63s %lu", word, number);
    return TRUE;
}

/* Number of lines in a log. The caller holds the lock. */
static inline unsigned long stage_count(const char *name)
{
    char part[4096];
    DWORD read;
    unsigned long lines = 0;
    HANDLE file = stage_open(name, GENERIC_READ, OPEN_EXISTING);
    if (file == INVALID_HANDLE_VALUE)
        return 0;
    while (ReadFile(file, part, sizeof part, &read, NULL) && read)
        for (DWORD at = 0; at < read; at++)
            lines += part[at] == '\n';
    CloseHandle(file);
    return lines;
}

/* Adds a line to a log. The caller holds the lock. */
static inline void stage_append(const char *name, const char *line)
{
    DWORD written;
    HANDLE file = stage_open(name, FILE_APPEND_DATA, OPEN_ALWAYS);
    if (file == INVALID_HANDLE_VALUE)
        return;
    WriteFile(file, line, (DWORD)strlen(line), &written, NULL);
    WriteFile(file, "\r\n", 2, &written, NULL);
    CloseHandle(file);
}

/* Adds a line to a log and returns its number, the first being 1. */
static inline unsigned long stage_log(const char *name, const char *format, ...)
{
    char line[STAGE_LINE];
    unsigned long number;
    va_list arguments;
    HANDLE lock = stage_lock();
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    number = stage_count(name) + 1;
    stage_append(name, line);
    stage_unlock(lock);
    return number;
}

#endif
