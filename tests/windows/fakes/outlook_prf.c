/* Import of a settings file (PRF), as Outlook does it at its very first start. Only what the file itself maps to the
   account manager's properties is written, as in Outlook; the ids are those of the MAPI stub library's actMgmt.h. */
#include "outlook.h"

#include <objbase.h>

#define SETUP OUTLOOK L"\\Setup"
/* Longest path, section or value in the file, in bytes. */
#define ENTRY 512

static BOOL is_set(const WCHAR *name)
{
    return !RegGetValueW(HKEY_CURRENT_USER, SETUP, name, RRF_RT_ANY, NULL, NULL, NULL);
}

void note_first_run(void)
{
    /* The real one notes the time; a fixed one can be compared. */
    static const BYTE mark[16] = {0xe8, 0x07, 11, 0, 4, 0, 21, 0, 9, 0, 30, 0, 42, 0, 200, 1};
    if (is_set(L"First-Run"))
        return;
    RegSetKeyValueW(HKEY_CURRENT_USER, SETUP, L"First-Run", REG_BINARY, mark, sizeof mark);
}

static void read(const char *file, const char *section, const char *key, char value[ENTRY])
{
    GetPrivateProfileStringA(section, key, "", value, ENTRY, file);
}

/* Name of the account manager's value for a property id; NULL for one that is not kept. */
static const WCHAR *name_of(unsigned id, BOOL imap)
{
    switch (id) {
    case 0x0002: return L"Account Name";
    case 0x000B: return L"Display Name";
    case 0x000C: return L"Email";
    case 0x0100: return imap ? L"IMAP Server" : L"POP3 Server";
    case 0x0101: return imap ? L"IMAP User" : L"POP3 User";
    case 0x0104: return imap ? L"IMAP Port" : L"POP3 Port";
    case 0x0105: return imap ? L"IMAP Use SSL" : L"POP3 Use SSL";
    case 0x0200: return L"SMTP Server";
    case 0x0201: return L"SMTP Port";
    case 0x0202: return L"SMTP Use SSL";
    case 0x0203: return L"SMTP Use Auth";
    case 0x0204: return L"SMTP User";
    case 0x020A: return L"SMTP Secure Connection";
    default: return NULL;
    }
}

/* Writes one line of the account, `key=value`, if the file says which property it is. */
static void write_line(HKEY account, const char *file, const char *type, const char *line, BOOL imap)
{
    char key[ENTRY], mapping[ENTRY], kind[ENTRY];
    const char *value = strchr(line, '=');
    const WCHAR *name;
    unsigned id;
    if (!value || value - line >= ENTRY)
        return;
    snprintf(key, sizeof key, "%.*s", (int)(value++ - line), line);
    read(file, type, key, mapping);
    if (sscanf(mapping, "%[^,],%x", kind, &id) != 2) {
        LOG("not mapped: %s", key);
        return;
    }
    name = name_of(id, imap);
    if (name && !strcmp(kind, "PT_LONG")) {
        const DWORD number = strtoul(value, NULL, 0);
        RegSetValueExW(account, name, 0, REG_DWORD, (const BYTE *)&number, sizeof number);
    } else if (name) {
        WCHAR text[ENTRY];
        const int length = MultiByteToWideChar(CP_ACP, 0, value, -1, text, ENTRY);
        RegSetValueExW(account, name, 0, REG_BINARY, (const BYTE *)text, length * sizeof *text);
    }
}

static void write_account(const WCHAR *profile, const char *file)
{
    static char lines[16 * ENTRY];
    char type[ENTRY], kind[ENTRY], email[ENTRY];
    WCHAR number[9], address[ADDRESS], store[MAX_PATH], section[33];
    const WCHAR *class_id;
    BYTE uid[16];
    HKEY account;
    BOOL imap;
    read(file, "Internet Account List", "Account1", type);
    read(file, type, "AccountType", kind);
    read(file, "Account1", "EmailAddress", email);
    imap = !strcmp(kind, "IMAP");
    if (!imap && strcmp(kind, "POP3")) {
        LOG("no such type of account: %s", kind);
        return;
    }
    class_id = imap ? L"{ED475412-B0D6-11D2-8C3B-00104B2A6676}" : L"{ED475411-B0D6-11D2-8C3B-00104B2A6676}";
    MultiByteToWideChar(CP_ACP, 0, email, -1, address, ADDRESS);
    make_store(address, imap ? L".ost" : L".pst", store);
    CoCreateGuid((GUID *)uid);
    section_name(section, uid);
    put_text(profile, section, imap ? PR_OFFLINE_STORE_PATH : PR_PST_PATH, store);
    account = next_account(profile, number);
    RegSetValueExW(account, L"clsid", 0, REG_SZ, (const BYTE *)class_id, (lstrlenW(class_id) + 1) * sizeof *class_id);
    GetPrivateProfileSectionA("Account1", lines, sizeof lines, file);
    for (const char *line = lines; *line; line += strlen(line) + 1)
        write_line(account, file, type, line, imap);
    RegSetValueExW(account, L"Delivery Store EntryID", 0, REG_BINARY, uid, sizeof uid);
    RegCloseKey(account);
    LOG("account");
}

static BOOL has_byte_order_mark(const char *file)
{
    BYTE start[2] = {0, 0};
    DWORD size = 0;
    HANDLE opened = CreateFileA(file, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    ReadFile(opened, start, sizeof start, &size, NULL);
    CloseHandle(opened);
    return size == 2 && start[0] >= 0xEF;
}

void import_prf(void)
{
    char file[ENTRY], name[ENTRY], overwrite[ENTRY], chosen[ENTRY];
    WCHAR profile[PROFILE_NAME], path[SECTION_PATH];
    DWORD size = sizeof file;
    HKEY key;
    if (is_set(L"First-Run") || is_set(L"FirstRun"))
        return;
    if (RegGetValueA(HKEY_CURRENT_USER, "Software\\Microsoft\\Office\\16.0\\Outlook\\Setup", "ImportPRF", RRF_RT_REG_SZ,
                     NULL, file, &size))
        return;
    RegDeleteKeyValueW(HKEY_CURRENT_USER, SETUP, L"ImportPRF");
    read(file, "General", "ProfileName", name);
    if (has_byte_order_mark(file) || !name[0]) {
        LOG("a settings file that cannot be read: %s", file);
        return;
    }
    MultiByteToWideChar(CP_ACP, 0, name, -1, profile, PROFILE_NAME);
    read(file, "General", "OverwriteProfile", overwrite);
    if (has_profile(profile) && _stricmp(overwrite, "Yes")) {
        LOG("the profile exists: %s", name);
        return;
    }
    section_path(path, profile, NULL);
    if (RegCreateKeyExW(HKEY_CURRENT_USER, path, 0, NULL, 0, KEY_SET_VALUE, NULL, &key, NULL))
        return;
    RegCloseKey(key);
    write_account(profile, file);
    read(file, "General", "DefaultProfile", chosen);
    if (!_stricmp(chosen, "Yes"))
        RegSetKeyValueW(HKEY_CURRENT_USER, OUTLOOK, L"DefaultProfile", REG_SZ, profile,
                        (lstrlenW(profile) + 1) * sizeof *profile);
    LOG("imported %s", name);
}
