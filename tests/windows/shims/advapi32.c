/* Lets one registry write of the tested program fail, as a full disk or a security product would: everything else is
   forwarded to Wine's own advapi32. Lies beside the tested program, whose child processes use it too.

   C:\stage\registry.txt   <access|fault|kill> <k>   the k-th write from now on fails, or ends the process that makes it
   before it is made (the workers' writes do not count then); 0: none does. Without it nothing is
   counted. C:\stage\registry.log                        one line for each write below Office or Exchange of this user
 */
#define _ADVAPI32_ /* its functions are made here, not imported */
#include "../stage.h"

#include <winternl.h>

#define WRITES "registry.log"
/* Longest name of a key with its path (Registry Element Size Limits), in characters, ours included. */
#define PATH 1024

enum { KEY_NAME_INFORMATION = 3 }; /* of NtQueryKey: a length in bytes, then the path */

NTSTATUS NTAPI NtQueryKey(HANDLE, int, void *, ULONG, ULONG *);

static FARPROC real(const char *name)
{
    return GetProcAddress(LoadLibraryA("advapi32_wine.dll"), name);
}

/* Path of an open key, or of a predefined one, with what is below it. */
static void path_of(HKEY key, const WCHAR *below, WCHAR path[PATH])
{
    struct {
        ULONG bytes;
        WCHAR name[PATH];
    } known;
    ULONG length;
    if (key == HKEY_CURRENT_USER)
        lstrcpyW(path, L"\\Registry\\User");
    else if (NtQueryKey(key, KEY_NAME_INFORMATION, &known, sizeof known, &length) == 0)
        lstrcpynW(path, known.name, min(known.bytes / sizeof(WCHAR) + 1, PATH));
    else
        path[0] = 0;
    if (below && lstrlenW(path) + lstrlenW(below) + 2 < PATH) {
        lstrcatW(path, L"\\");
        lstrcatW(path, below);
    }
}

static BOOL has_part(const WCHAR *path, const WCHAR *part)
{
    const int length = lstrlenW(part);
    for (; *path; path++)
        if (CompareStringOrdinal(path, min(lstrlenW(path), length), part, length, TRUE) == CSTR_EQUAL)
            return TRUE;
    return FALSE;
}

/* Counts a write; the error it has to fail with, or 0. */
static LSTATUS verdict(const char *what, HKEY key, const WCHAR *below, const WCHAR *value)
{
    WCHAR path[PATH];
    char word[64], path8[3 * PATH], value8[3 * 256] = "";
    unsigned long failing, number;
    path_of(key, below, path);
    if (!has_part(path, L"\\Registry\\User"))
        return 0;
    if (!has_part(path, L"\\Software\\Microsoft\\Office") && !has_part(path, L"\\Software\\Microsoft\\Exchange"))
        return 0;
    if (!stage_order("registry.txt", word, &failing))
        return 0;
    if (!strcmp(word, "kill") && strstr(GetCommandLineA(), "mapi-child"))
        return 0;
    WideCharToMultiByte(CP_UTF8, 0, path, -1, path8, sizeof path8, NULL, NULL);
    if (value)
        WideCharToMultiByte(CP_UTF8, 0, value, -1, value8, sizeof value8 - 1, NULL, NULL);
    number = stage_log(WRITES, "%s %s [%s]", what, path8, value8);
    if (number != failing)
        return 0;
    if (!strcmp(word, "kill"))
        TerminateProcess(GetCurrentProcess(), 9);
    return strcmp(word, "fault") ? ERROR_ACCESS_DENIED : ERROR_WRITE_FAULT;
}

/* The wide form of a text that may be missing; the caller frees it. */
static WCHAR *wide(const char *text)
{
    WCHAR *copy;
    int length;
    if (!text)
        return NULL;
    length = MultiByteToWideChar(CP_ACP, 0, text, -1, NULL, 0);
    copy = malloc(length * sizeof *copy);
    if (copy)
        MultiByteToWideChar(CP_ACP, 0, text, -1, copy, length);
    return copy;
}

static LSTATUS verdict8(const char *what, HKEY key, const char *below, const char *value)
{
    WCHAR *below16 = wide(below), *value16 = wide(value);
    LSTATUS error = verdict(what, key, below16, value16);
    free(below16);
    free(value16);
    return error;
}

/* A function of advapi32 in both forms that fails when it is its turn. */
#define SHIMMED(name, what, below, value, parameters, arguments)                                                       \
    LSTATUS WINAPI name##W parameters(WCHAR)                                                                           \
    {                                                                                                                  \
        LSTATUS error = verdict(what, key, below, value);                                                              \
        return error ? error : ((LSTATUS(WINAPI *) parameters(WCHAR))real(#name "W"))arguments;                        \
    }                                                                                                                  \
    LSTATUS WINAPI name##A parameters(CHAR)                                                                            \
    {                                                                                                                  \
        LSTATUS error = verdict8(what, key, below, value);                                                             \
        return error ? error : ((LSTATUS(WINAPI *) parameters(CHAR))real(#name "A"))arguments;                         \
    }

#define SET_VALUE_EX(T) (HKEY key, const T *value, DWORD zero, DWORD type, const BYTE *data, DWORD size)
SHIMMED(RegSetValueEx, "set", NULL, value, SET_VALUE_EX, (key, value, zero, type, data, size))

#define SET_KEY_VALUE(T) (HKEY key, const T *below, const T *value, DWORD type, const void *data, DWORD size)
SHIMMED(RegSetKeyValue, "set", below, value, SET_KEY_VALUE, (key, below, value, type, data, size))

#define DELETE_VALUE(T) (HKEY key, const T *value)
SHIMMED(RegDeleteValue, "delete", NULL, value, DELETE_VALUE, (key, value))

#define DELETE_KEY(T) (HKEY key, const T *below)
SHIMMED(RegDeleteKey, "delete key", below, NULL, DELETE_KEY, (key, below))
SHIMMED(RegDeleteTree, "delete tree", below, NULL, DELETE_KEY, (key, below))

#define DELETE_KEY_EX(T) (HKEY key, const T *below, REGSAM access, DWORD zero)
SHIMMED(RegDeleteKeyEx, "delete key", below, NULL, DELETE_KEY_EX, (key, below, access, zero))

#define DELETE_KEY_VALUE(T) (HKEY key, const T *below, const T *value)
SHIMMED(RegDeleteKeyValue, "delete", below, value, DELETE_KEY_VALUE, (key, below, value))

#define CREATE_KEY(T) (HKEY key, const T *below, HKEY *created)
SHIMMED(RegCreateKey, "create", below, NULL, CREATE_KEY, (key, below, created))

#define CREATE_KEY_EX(T)                                                                                               \
    (HKEY key, const T *below, DWORD zero, T *class, DWORD options, REGSAM access, SECURITY_ATTRIBUTES *security,      \
     HKEY *created, DWORD *disposition)
SHIMMED(RegCreateKeyEx, "create", below, NULL, CREATE_KEY_EX,
        (key, below, zero, class, options, access, security, created, disposition))
