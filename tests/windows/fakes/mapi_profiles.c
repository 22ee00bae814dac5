/* The list of profiles, and the functions that mapi32 looks for. */
#include "mapi.h"

/* Names in these calls are of the ANSI code page; ours are ASCII. */
static BOOL is_name(const char *name)
{
    const size_t length = name ? strlen(name) : 0;
    if (length == 0 || length >= PROFILE_NAME || name[0] == ' ' || name[length - 1] == ' ')
        return FALSE;
    for (const char *at = name; *at; at++)
        if (*at < 0x20 || *at > 0x7e || *at == '\\')
            return FALSE;
    return TRUE;
}

static void widen(WCHAR wide[PROFILE_NAME], const char *name)
{
    MultiByteToWideChar(CP_ACP, 0, name, -1, wide, PROFILE_NAME);
}

/* IMAPITable: one row for each profile, with its name and whether it is the default. */
static HRESULT WINAPI table_set_columns(Object *table, const ULONG *columns, ULONG flags)
{
    CALL("SetColumns");
    return S_OK;
}

static HRESULT WINAPI table_query_rows(Object *table, LONG count, ULONG flags, Rows **out)
{
    WCHAR name[PROFILE_NAME], chosen[PROFILE_NAME] = L"";
    DWORD size = sizeof chosen, length = PROFILE_NAME;
    ULONG there = 0;
    HKEY key = NULL;
    CALL("QueryRows %ld", (long)count);
    RegGetValueW(HKEY_CURRENT_USER, OUTLOOK, L"DefaultProfile", RRF_RT_REG_SZ, NULL, chosen, &size);
    if (!RegOpenKeyExW(HKEY_CURRENT_USER, OUTLOOK L"\\Profiles", 0, KEY_READ, &key))
        RegQueryInfoKeyW(key, NULL, NULL, NULL, &there, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
    if (MAPIAllocateBuffer(sizeof **out + there * sizeof(Row), (void **)out)) {
        RegCloseKey(key);
        return E_OUTOFMEMORY;
    }
    for (; (LONG)(*out)->count < count && !RegEnumKeyExW(key, table->row, name, &length, NULL, NULL, NULL, NULL);
         table->row++, length = PROFILE_NAME) {
        Row *row = (*out)->rows + (*out)->count;
        char *narrow;
        if (MAPIAllocateBuffer(2 * sizeof(Property), (void **)&row->properties))
            break;
        if (MAPIAllocateMore(2 * PROFILE_NAME, row->properties, (void **)&narrow))
            break;
        WideCharToMultiByte(CP_ACP, 0, name, -1, narrow, 2 * PROFILE_NAME, NULL, NULL);
        row->count = 2;
        row->properties[0].tag = PR_DISPLAY_NAME_A;
        row->properties[0].value.narrow = narrow;
        row->properties[1].tag = PR_DEFAULT_PROFILE;
        row->properties[1].value.boolean = lstrcmpiW(name, chosen) == 0;
        (*out)->count++;
    }
    RegCloseKey(key);
    return S_OK;
}

static const void *const table_functions[] = {
    query_interface,   add_reference, release,     UNSUPPORTED, UNSUPPORTED, UNSUPPORTED,      UNSUPPORTED,
    table_set_columns, UNSUPPORTED,   UNSUPPORTED, UNSUPPORTED, UNSUPPORTED, UNSUPPORTED,      UNSUPPORTED,
    UNSUPPORTED,       UNSUPPORTED,   UNSUPPORTED, UNSUPPORTED, UNSUPPORTED, table_query_rows, UNSUPPORTED,
    UNSUPPORTED,       UNSUPPORTED,   UNSUPPORTED, UNSUPPORTED, UNSUPPORTED,
};

/* IProfAdmin */
static HRESULT WINAPI profiles_table(Object *profiles, ULONG flags, Object **out)
{
    *out = NULL;
    CALL("GetProfileTable");
    *out = make(table_functions, table_interfaces, NULL);
    return S_OK;
}

static HRESULT WINAPI profiles_create(Object *profiles, const char *name, const char *password, ULONG_PTR window,
                                      ULONG flags)
{
    WCHAR wide[PROFILE_NAME], path[SECTION_PATH];
    DWORD disposition;
    HKEY key;
    CALL("CreateProfile %s %lx", name, (unsigned long)flags);
    if (!is_name(name))
        return BAD_PARAMETER;
    widen(wide, name);
    if (has_profile(wide))
        return NO_ACCESS;
    section_path(path, wide, NULL);
    if (RegCreateKeyExW(HKEY_CURRENT_USER, path, 0, NULL, 0, KEY_SET_VALUE, NULL, &key, &disposition))
        return CALL_FAILED;
    RegCloseKey(key);
    return disposition == REG_CREATED_NEW_KEY ? S_OK : NO_ACCESS;
}

static HRESULT WINAPI profiles_delete(Object *profiles, const char *name, ULONG flags)
{
    WCHAR wide[PROFILE_NAME], path[SECTION_PATH];
    CALL("DeleteProfile %s", name);
    if (!is_name(name))
        return BAD_PARAMETER;
    widen(wide, name);
    section_path(path, wide, NULL);
    return result(RegDeleteTreeW(HKEY_CURRENT_USER, path));
}

static HRESULT WINAPI profiles_set_default(Object *profiles, const char *name, ULONG flags)
{
    WCHAR wide[PROFILE_NAME];
    CALL("SetDefaultProfile %s", name);
    if (!is_name(name))
        return BAD_PARAMETER;
    widen(wide, name);
    if (!has_profile(wide))
        return NOT_FOUND;
    return result(RegSetKeyValueW(HKEY_CURRENT_USER, OUTLOOK, L"DefaultProfile", REG_SZ, wide,
                                  (lstrlenW(wide) + 1) * sizeof *wide));
}

static HRESULT WINAPI profiles_services(Object *profiles, const char *name, const char *password, ULONG_PTR window,
                                        ULONG flags, Object **out)
{
    WCHAR wide[PROFILE_NAME];
    *out = NULL;
    CALL("AdminServices %s", name);
    if (!is_name(name))
        return BAD_PARAMETER;
    widen(wide, name);
    if (!has_profile(wide))
        return NOT_FOUND;
    *out = make_services(wide);
    return S_OK;
}

static const void *const profiles_functions[] = {
    query_interface, add_reference, release,     UNSUPPORTED, profiles_table,       profiles_create,
    profiles_delete, UNSUPPORTED,   UNSUPPORTED, UNSUPPORTED, profiles_set_default, profiles_services,
};

/* The functions by name */
EXPORT HRESULT WINAPI MAPIInitialize(void *options)
{
    CALL("MAPIInitialize");
    return S_OK;
}

EXPORT void WINAPI MAPIUninitialize(void)
{
}

EXPORT HRESULT WINAPI MAPIAdminProfiles(ULONG flags, Object **out)
{
    char order[64];
    unsigned long turn;
    *out = NULL;
    CALL("MAPIAdminProfiles");
    if (stage_order("mapi.txt", order, &turn) && !strcmp(order, "broken"))
        return ONE_PROVIDER;
    *out = make(profiles_functions, profiles_interfaces, NULL);
    return S_OK;
}
