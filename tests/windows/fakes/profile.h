/* Outlook's profiles in the registry, as the stand-ins for Outlook and for its MAPI provider write them: a section is a
   key named by 32 hexadecimal digits, a value the MAPI property tag with its halves swapped
   (https://learn.microsoft.com/office/client-developer/outlook/mapi/property-tags). */
#ifndef PROFILE_H
#define PROFILE_H

#include "../stage.h"

#define OUTLOOK L"Software\\Microsoft\\Office\\16.0\\Outlook"
/* Longest name of a profile (cchProfileNameMax) and the room for a path to a section, in characters. */
#define PROFILE_NAME 65
#define SECTION_PATH 256

/* Property tags (MAPI's mapitags.h, Outlook's EdkMdb.h and MSPST.h). */
#define PR_SERVICE_NAME       0x3D09001Eu
#define PR_EMSMDB_SECTION_UID 0x3D150102u
#define PR_STORE_PROVIDERS    0x3D000102u
#define PR_SERVICE_UID        0x3D0C0102u
#define PR_USER_ADDRESS       0x6641001Fu /* PR_PROFILE_USER_SMTP_EMAIL_ADDRESS_W */
#define PR_OFFLINE_STORE_PATH 0x6610001Fu
#define PR_PST_PATH           0x6700001Fu

static inline void section_path(WCHAR path[SECTION_PATH], const WCHAR *profile, const WCHAR *section)
{
    _snwprintf(path, SECTION_PATH - 1, OUTLOOK L"\\Profiles\\%ls%ls%ls", profile, section ? L"\\" : L"",
               section ? section : L"");
    path[SECTION_PATH - 1] = 0;
}

static inline void value_name(WCHAR name[9], ULONG tag)
{
    _snwprintf(name, 9, L"%04lx%04lx", (unsigned long)(tag & 0xffff), (unsigned long)(tag >> 16));
}

static inline void section_name(WCHAR name[33], const BYTE uid[16])
{
    for (int i = 0; i < 16; i++)
        _snwprintf(name + 2 * i, 3, L"%02x", uid[i]);
}

/* Writes a property of a section, which is made where it is missing. */
static inline LSTATUS put(const WCHAR *profile, const WCHAR *section, ULONG tag, const void *data, DWORD size)
{
    WCHAR path[SECTION_PATH], name[9];
    HKEY key;
    LSTATUS error;
    section_path(path, profile, section);
    value_name(name, tag);
    error = RegCreateKeyExW(HKEY_CURRENT_USER, path, 0, NULL, 0, KEY_SET_VALUE, NULL, &key, NULL);
    if (error)
        return error;
    error = RegSetValueExW(key, name, 0, REG_BINARY, data, size);
    RegCloseKey(key);
    return error;
}

static inline LSTATUS put_text(const WCHAR *profile, const WCHAR *section, ULONG tag, const WCHAR *text)
{
    return put(profile, section, tag, text, (lstrlenW(text) + 1) * sizeof *text);
}

/* Reads a property of a section; `size` comes back as its length in bytes. */
static inline LSTATUS take(const WCHAR *profile, const WCHAR *section, ULONG tag, void *data, DWORD *size)
{
    WCHAR path[SECTION_PATH], name[9];
    section_path(path, profile, section);
    value_name(name, tag);
    return RegGetValueW(HKEY_CURRENT_USER, path, name, RRF_RT_REG_BINARY, NULL, data, size);
}

static inline BOOL has_profile(const WCHAR *profile)
{
    WCHAR path[SECTION_PATH];
    HKEY key;
    section_path(path, profile, NULL);
    if (RegOpenKeyExW(HKEY_CURRENT_USER, path, 0, KEY_READ, &key))
        return FALSE;
    RegCloseKey(key);
    return TRUE;
}

/* Two services of a profile keep their properties in sections of their own, which the service names. */
static inline LSTATUS put_service(const WCHAR *profile, const char *service, const BYTE uids[3][16])
{
    WCHAR names[3][33];
    const BOOL exchange = !strcmp(service, "MSEMS");
    LSTATUS error;
    for (int i = 0; i < 3; i++)
        section_name(names[i], uids[i]);
    error = put(profile, names[0], PR_SERVICE_NAME, service, (DWORD)strlen(service) + 1);
    if (!error)
        error = put(profile, names[0], PR_STORE_PROVIDERS, uids[1], 16);
    if (!error)
        error = put(profile, names[1], PR_SERVICE_UID, uids[0], 16);
    if (!error && exchange)
        error = put(profile, names[0], PR_EMSMDB_SECTION_UID, uids[2], 16);
    if (!error && exchange)
        error = put(profile, names[2], PR_STORE_PROVIDERS, uids[1], 16);
    return error;
}

#endif
