/* A profile: its services and the sections with their properties. */
#include "mapi.h"

#include <objbase.h>

/* IProfSect */
static HRESULT WINAPI section_save(Object *section, ULONG flags)
{
    CALL("SaveChanges");
    return S_OK;
}

static HRESULT WINAPI section_get(Object *section, const ULONG *tags, ULONG flags, ULONG *count, Property **out)
{
    HRESULT hr = S_OK;
    CALL("GetProps %lu", (unsigned long)tags[0]);
    if (MAPIAllocateBuffer((tags[0] + 1) * sizeof **out, (void **)out))
        return E_OUTOFMEMORY;
    *count = tags[0];
    for (ULONG i = 0; i < tags[0]; i++) {
        Property *property = *out + i;
        BYTE *data;
        DWORD size = 0;
        LSTATUS error = take(section->profile, section->section, tags[i + 1], NULL, &size);
        if (!error)
            error = (LSTATUS)MAPIAllocateMore(size + sizeof(WCHAR), *out, (void **)&data);
        if (!error)
            error = take(section->profile, section->section, tags[i + 1], data, &size);
        property->tag = tags[i + 1];
        if (error) {
            property->tag = (tags[i + 1] & 0xffff0000u) | PT_ERROR;
            property->value.error = NOT_FOUND;
            hr = SOME_ERRORS;
        } else if (TYPE(tags[i + 1]) == PT_BINARY) {
            property->value.binary.size = size;
            property->value.binary.data = data;
        } else if (TYPE(tags[i + 1]) == PT_LONG) {
            memcpy(&property->value.number, data, sizeof property->value.number);
        } else {
            property->value.wide = (WCHAR *)data;
        }
    }
    return hr;
}

static LSTATUS set_one(const WCHAR *profile, const WCHAR *section, const Property *property)
{
    switch (TYPE(property->tag)) {
    case PT_UNICODE: return put_text(profile, section, property->tag, property->value.wide);
    case PT_STRING8:
        return put(profile, section, property->tag, property->value.narrow, (DWORD)strlen(property->value.narrow) + 1);
    case PT_LONG: return put(profile, section, property->tag, &property->value.number, sizeof property->value.number);
    case PT_BINARY:
        return put(profile, section, property->tag, property->value.binary.data, property->value.binary.size);
    default: return ERROR_INVALID_PARAMETER;
    }
}

static HRESULT WINAPI section_set(Object *section, ULONG count, const Property *properties, void **problems)
{
    LSTATUS error = 0;
    if (problems)
        *problems = NULL;
    CALL("SetProps %lu", (unsigned long)count);
    for (ULONG i = 0; i < count && !error; i++)
        error = set_one(section->profile, section->section, properties + i);
    return result(error);
}

static const void *const section_functions[] = {
    query_interface, add_reference, release,     UNSUPPORTED, section_save, section_get, UNSUPPORTED,
    UNSUPPORTED,     section_set,   UNSUPPORTED, UNSUPPORTED, UNSUPPORTED,  UNSUPPORTED, UNSUPPORTED,
};

/* IMsgServiceAdmin2 */
static HRESULT WINAPI services_configure(Object *services, const BYTE *uid, ULONG_PTR window, ULONG flags, ULONG count,
                                         const Property *properties)
{
    WCHAR service[33], store[33];
    BYTE store_uid[16];
    char name[64];
    DWORD size = sizeof name, uid_size = sizeof store_uid;
    LSTATUS error;
    CALL("ConfigureMsgService %lu", (unsigned long)count);
    section_name(service, uid);
    if (take(services->profile, service, PR_SERVICE_NAME, name, &size))
        return NOT_FOUND;
    /* An Exchange service would open a window that nobody sees. */
    if (!strcmp(name, "MSEMS"))
        return USER_CANCEL;
    error = take(services->profile, service, PR_STORE_PROVIDERS, store_uid, &uid_size);
    if (error)
        return result(error);
    section_name(store, store_uid);
    for (ULONG i = 0; i < count && !error; i++) {
        if (properties[i].tag == PR_PST_PATH && GetFileAttributesW(properties[i].value.wide) == INVALID_FILE_ATTRIBUTES)
            return NOT_FOUND;
        error = set_one(services->profile, store, properties + i);
    }
    return result(error);
}

static HRESULT WINAPI services_open(Object *services, const BYTE *uid, const GUID *id, ULONG flags, Object **out)
{
    WCHAR path[SECTION_PATH], name[33];
    HKEY key;
    *out = NULL;
    CALL("OpenProfileSection %lx", (unsigned long)flags);
    section_name(name, uid);
    section_path(path, services->profile, name);
    if (RegOpenKeyExW(HKEY_CURRENT_USER, path, 0, KEY_READ, &key))
        return NOT_FOUND;
    RegCloseKey(key);
    *out = make(section_functions, section_interfaces, services->profile);
    lstrcpyW((*out)->section, name);
    return S_OK;
}

static void remove_sections(const WCHAR *profile, const BYTE uids[3][16])
{
    WCHAR path[SECTION_PATH], name[33];
    for (int i = 0; i < 3; i++) {
        section_name(name, uids[i]);
        section_path(path, profile, name);
        RegDeleteTreeW(HKEY_CURRENT_USER, path);
    }
}

static HRESULT WINAPI services_delete(Object *services, const BYTE *uid)
{
    WCHAR name[33];
    BYTE uids[3][16];
    DWORD size = 16;
    CALL("DeleteMsgService");
    section_name(name, uid);
    for (int i = 0; i < 3; i++)
        memcpy(uids[i], uid, 16);
    if (take(services->profile, name, PR_STORE_PROVIDERS, uids[1], &size))
        return NOT_FOUND;
    take(services->profile, name, PR_EMSMDB_SECTION_UID, uids[2], &size);
    remove_sections(services->profile, uids);
    return S_OK;
}

static HRESULT WINAPI services_create(Object *services, const char *service, const char *display, ULONG_PTR window,
                                      ULONG flags, BYTE out[16])
{
    static const char *const known[] = {"MSEMS", "MSUPST MS", "MSPST MS", "CONTAB", NULL};
    BYTE uids[3][16];
    LSTATUS error;
    CALL("CreateMsgServiceEx %s", service);
    for (const char *const *name = known; *name == NULL || strcmp(*name, service); name++)
        if (*name == NULL)
            return NOT_FOUND;
    for (int i = 0; i < 3; i++)
        if (FAILED(CoCreateGuid((GUID *)uids[i])))
            return CALL_FAILED;
    error = put_service(services->profile, service, uids);
    if (error)
        remove_sections(services->profile, uids);
    else if (out)
        memcpy(out, uids[0], 16);
    return result(error);
}

static const void *const services_functions[] = {
    query_interface, add_reference, release,     UNSUPPORTED,        UNSUPPORTED,   UNSUPPORTED,
    services_delete, UNSUPPORTED,   UNSUPPORTED, services_configure, services_open, UNSUPPORTED,
    UNSUPPORTED,     UNSUPPORTED,   UNSUPPORTED, services_create,
};

Object *make_services(const WCHAR *profile)
{
    return make(services_functions, services_interfaces, profile);
}
