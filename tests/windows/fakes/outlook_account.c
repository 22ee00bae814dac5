/* Accounts, as Outlook's account manager keeps them beside the services of a profile. Names of keys and values as found
   in the registry of Outlook 2013 and later; class ids from the MAPI stub library's actMgmt.h. */
#include "outlook.h"

#include <objbase.h>
#include <shlobj.h>

#define ACCOUNTS   L"9375CFF0413111d3B88A00104B2A6676"
#define CLASS_MAPI L"{ED475414-B0D6-11D2-8C3B-00104B2A6676}"
#define MAIL_ORDER L"{ED475418-B0D6-11D2-8C3B-00104B2A6676}"

static void set_text(HKEY key, const WCHAR *name, const WCHAR *text)
{
    RegSetValueExW(key, name, 0, REG_SZ, (const BYTE *)text, (lstrlenW(text) + 1) * sizeof *text);
}

HKEY next_account(const WCHAR *profile, WCHAR number[9])
{
    WCHAR path[SECTION_PATH];
    DWORD next = 1, size = sizeof next;
    HKEY list, account = NULL;
    section_path(path, profile, ACCOUNTS);
    if (RegCreateKeyExW(HKEY_CURRENT_USER, path, 0, NULL, 0, KEY_ALL_ACCESS, NULL, &list, NULL))
        return NULL;
    RegGetValueW(list, NULL, L"NextAccountID", RRF_RT_REG_DWORD, NULL, &next, &size);
    _snwprintf(number, 9, L"%08lX", (unsigned long)next);
    RegCreateKeyExW(list, number, 0, NULL, 0, KEY_ALL_ACCESS, NULL, &account, NULL);
    RegSetValueExW(list, MAIL_ORDER, 0, REG_BINARY, (const BYTE *)&next, sizeof next);
    next++;
    RegSetValueExW(list, L"NextAccountID", 0, REG_DWORD, (const BYTE *)&next, sizeof next);
    RegCloseKey(list);
    return account;
}

BOOL has_account(const WCHAR *profile, WCHAR address[ADDRESS])
{
    WCHAR path[SECTION_PATH], number[16], service[16];
    HKEY list;
    BOOL found = FALSE;
    section_path(path, profile, ACCOUNTS);
    if (RegOpenKeyExW(HKEY_CURRENT_USER, path, 0, KEY_READ, &list))
        return FALSE;
    for (DWORD i = 0, length = 16; !found && !RegEnumKeyExW(list, i, number, &length, NULL, NULL, NULL, NULL);
         i++, length = 16) {
        DWORD size = sizeof service;
        const LSTATUS error = RegGetValueW(list, number, L"Service Name", RRF_RT_REG_SZ, NULL, service, &size);
        if (!error && !lstrcmpW(service, L"CONTAB"))
            continue;
        found = TRUE;
        size = ADDRESS * sizeof *address;
        if (RegGetValueW(list, number, L"Account Name", RRF_RT_REG_SZ | RRF_RT_REG_BINARY, NULL, address, &size))
            address[0] = 0;
    }
    RegCloseKey(list);
    return found;
}

/* The section of the profile's Exchange service. */
static BOOL find_exchange(const WCHAR *profile, WCHAR service[33])
{
    WCHAR path[SECTION_PATH], name[64];
    HKEY key;
    BOOL found = FALSE;
    section_path(path, profile, NULL);
    if (RegOpenKeyExW(HKEY_CURRENT_USER, path, 0, KEY_READ, &key))
        return FALSE;
    for (DWORD i = 0, length = 64; !found && !RegEnumKeyExW(key, i, name, &length, NULL, NULL, NULL, NULL);
         i++, length = 64) {
        char kind[64];
        DWORD size = sizeof kind;
        if (lstrlenW(name) == 32 && !take(profile, name, PR_SERVICE_NAME, kind, &size) && !strcmp(kind, "MSEMS")) {
            lstrcpynW(service, name, 33);
            found = TRUE;
        }
    }
    RegCloseKey(key);
    return found;
}

static BOOL exchange_section(const WCHAR *profile, WCHAR section[33])
{
    WCHAR service[33];
    BYTE uid[16];
    DWORD size = sizeof uid;
    if (!find_exchange(profile, service) || take(profile, service, PR_EMSMDB_SECTION_UID, uid, &size))
        return FALSE;
    section_name(section, uid);
    return TRUE;
}

BOOL exchange_address(const WCHAR *profile, WCHAR address[ADDRESS])
{
    static const WCHAR scheme[] = L"SMTP:";
    WCHAR section[33], value[ADDRESS + 5] = L"";
    DWORD size = sizeof value;
    if (!exchange_section(profile, section) || take(profile, section, PR_USER_ADDRESS, value, &size))
        return FALSE;
    if (wcsncmp(value, scheme, lstrlenW(scheme))) {
        LOG("an address without its scheme");
        return FALSE;
    }
    lstrcpynW(address, value + lstrlenW(scheme), ADDRESS);
    return TRUE;
}

void make_store(const WCHAR *address, const WCHAR *suffix, WCHAR path[MAX_PATH])
{
    WCHAR folder[MAX_PATH];
    char path8[3 * MAX_PATH];
    DWORD written;
    HANDLE file = INVALID_HANDLE_VALUE;
    SHGetFolderPathW(NULL, CSIDL_LOCAL_APPDATA, NULL, SHGFP_TYPE_CURRENT, folder);
    lstrcatW(folder, L"\\Microsoft\\Outlook");
    SHCreateDirectoryExW(NULL, folder, NULL);
    for (int i = 0; i < 100 && file == INVALID_HANDLE_VALUE; i++) {
        WCHAR copy[16] = L"";
        if (i)
            _snwprintf(copy, 16, L" (%d)", i);
        _snwprintf(path, MAX_PATH, L"%ls\\%ls%ls%ls", folder, address, copy, suffix);
        file = CreateFileW(path, GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL);
    }
    /* Magic number and version of a Unicode store ([MS-PST] 2.2.2.6). */
    WriteFile(file, "!BDN\0\0\0\0SM\x17\0", 12, &written, NULL);
    CloseHandle(file);
    WideCharToMultiByte(CP_UTF8, 0, path, -1, path8, sizeof path8, NULL, NULL);
    LOG("store %s", path8);
}

void set_exchange_up(const WCHAR *profile, const WCHAR *address)
{
    WCHAR number[9], section[33], store[MAX_PATH];
    HKEY account = next_account(profile, number);
    /* Outlook adds its address book itself: not every entry of the list is a mailbox. */
    set_text(account, L"clsid", CLASS_MAPI);
    set_text(account, L"Account Name", L"Outlook Address Book");
    set_text(account, L"Service Name", L"CONTAB");
    RegCloseKey(account);
    make_store(address, L".ost", store);
    if (exchange_section(profile, section))
        put_text(profile, section, PR_OFFLINE_STORE_PATH, store);
    account = next_account(profile, number);
    set_text(account, L"clsid", CLASS_MAPI);
    set_text(account, L"Account Name", address);
    set_text(account, L"Service Name", L"MSEMS");
    RegCloseKey(account);
    LOG("account");
}

void add_exchange(const WCHAR *profile, const WCHAR *address)
{
    BYTE uids[3][16];
    WCHAR section[33], value[ADDRESS + 5];
    for (int i = 0; i < 3; i++)
        CoCreateGuid((GUID *)uids[i]);
    put_service(profile, "MSEMS", uids);
    _snwprintf(value, ADDRESS + 5, L"SMTP:%ls", address);
    for (int i = 1; i < 3; i++) {
        section_name(section, uids[i]);
        put_text(profile, section, PR_USER_ADDRESS, value);
    }
    set_exchange_up(profile, address);
}
